import { explore } from './exploration.ts'
import { COPY_STORIES, SNAPSHOT_STORIES } from './stories/snapshot-stories.ts'

explore([...SNAPSHOT_STORIES, ...COPY_STORIES])
