/** Words around the service centre's policy on patient data. */
export const PHI_WORDS = {
  open: 'Patient data policy',
  title: 'Patient data: what is promised, and what the product does',
  inFull: 'The policy in full:',
  onlyAddress: 'The service centre shows its sentences there. What the product does:',
  sentence: (version: string) => `The policy (${version})`,
  does: 'What the product does',
  shownBy: (risks: string, test: string) => `Risk file ${risks}; shown by ${test}`,
} as const;
