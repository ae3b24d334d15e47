/** What is said of a finding with its facts. */

/** `{name}` stands for a fact that was seen. */
export interface FindingWords {
  readonly said: string;
  readonly advice: string;
}
