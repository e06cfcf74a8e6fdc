import { explore } from './exploration.ts'
import { attachmentStories } from './stories/attachment-stories.ts'

explore(attachmentStories('firewall'))
