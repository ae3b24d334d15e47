/** One import that breaks one rule. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** What to do instead, for the person who broke it. */
  readonly advice: string;
}
