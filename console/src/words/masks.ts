/** Words of what is covered on a cart's screen. */

export const MASK_WORDS = {
  masks: {
    title: 'Covered',
    hint: 'Parts of the cart’s screen are covered before they leave the cart.',
    nothing: 'Nothing covered',
    nothingHint: 'No mask templates are installed on this cart: you see all of its screen.',
    all: 'All covered',
    allHint: 'The cart does not recognise this screen, so it covers what could hold patient data.',
    open: (count: number) => (count === 1 ? '1 part open' : `${count} parts open`),
    dialogTitle: 'Covered parts of the screen',
    lead: 'The operator decides whether you see a part, and may cover it again at any time. Your reason becomes a note of the case.',
    wholeScreen: 'the whole screen',
    left: (seconds: number) =>
      seconds < 60 ? `open, ${seconds} s left` : `open, ${Math.ceil(seconds / 60)} min left`,
    covered: 'covered',
    asked: 'The operator is being asked …',
    part: 'Part',
    reason: 'Why you have to see it',
    reasonHint: 'The operator reads this. At least 5 characters; nothing about a patient.',
    minutes: 'For how long',
    minutesOf: (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
    ask: 'Ask the operator',
    close: 'Close',
    fault: 'The operator was not asked.',
  },
} as const;
