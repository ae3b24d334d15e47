/** Why a picture of the screen is not kept, beside what session, room and vault say. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** What came is not a whole PNG of a screen and nothing else. Nothing of it was kept. */
export class SnapshotNotPNG extends DomainError {
  readonly code = 'SNAPSHOT_NOT_PNG';
}
