import { explore } from './exploration.ts'
import { UPKEEP_STORIES } from './stories/upkeep-stories.ts'
import { VOLUME_STORIES } from './stories/volume-stories.ts'

explore([...VOLUME_STORIES, ...UPKEEP_STORIES])
