/** Why an act of the administration is refused. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Nobody would be left who could manage the others. */
export class LastAdministrator extends DomainError {
  readonly code = 'LAST_ADMINISTRATOR';
  constructor() {
    super('You are the last administrator in force. Have another one made first.');
  }
}
/** What takes two people was asked for by one. */
export class TwoPeopleNeeded extends DomainError {
  readonly code = 'TWO_PEOPLE_NEEDED';
  constructor(
    sentence = 'The role of an administrator is given by two: propose it, and have another one approve.',
  ) {
    super(sentence);
  }
}
/** No such account, as far as whoever asks may know. */
export class TargetUnknown extends DomainError {
  readonly code = 'TARGET_UNKNOWN';
  constructor() {
    super('There is nothing of this id.');
  }
}
