/** The picture of each activity, the same wherever it appears. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { Eye, FileOutput, FileInput, MousePointerClick } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';

export const ACTIVITY_ICONS: Readonly<Record<Activity, LucideIcon>> = {
  view: Eye,
  control: MousePointerClick,
  'fetch-files': FileOutput,
  'send-files': FileInput,
};
