import { explore } from './exploration.ts'
import { attachmentStories, EXPORT_STORIES } from './stories/attachment-stories.ts'

explore([...attachmentStories('export'), ...EXPORT_STORIES, ...attachmentStories('narrow')])
