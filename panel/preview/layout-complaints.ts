/**
 * What a person at arm's length would complain about, found by measuring the page. test/pages runs it inside the browser,
 * so it imports nothing.
 */

export interface LayoutLimits {
  /** CSS pixels. */
  readonly textMin: number;
  readonly targetMin: number;
  readonly mainTargetMin: number;
}

/** Lists every complaint about the page as it stands. */
export function layoutComplaints(limits: LayoutLimits): string[] {
  const complaints: string[] = [];
  const { clientWidth: width, clientHeight: height } = document.documentElement;

  for (const box of document.querySelectorAll('html, body, .frame, .page')) {
    if (box.scrollHeight > box.clientHeight + 1) {
      complaints.push(
        `scrolls down: ${box.className || box.tagName} ${box.scrollHeight} > ${box.clientHeight}`,
      );
    }
    if (box.scrollWidth > box.clientWidth + 1)
      complaints.push(`scrolls sideways: ${box.className}`);
  }

  for (const target of document.querySelectorAll('button')) {
    const { width: w, height: h, left, right, top, bottom } = target.getBoundingClientRect();
    const least = target.matches('.button--main, .button--huge')
      ? limits.mainTargetMin
      : limits.targetMin;
    if (Math.min(w, h) < least) complaints.push(`small target: ${target.textContent} ${w}x${h}`);
    if (left < 0 || top < 0 || right > width || bottom > height) {
      complaints.push(`target out of the window: ${target.textContent}`);
    }
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (parent === null || text === '' || parent.closest('.only-heard, script, style')) continue;
    const style = getComputedStyle(parent);
    if (Number.parseFloat(style.fontSize) < limits.textMin)
      complaints.push(`small text: ${text} ${style.fontSize}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    const around = parent.closest(
      'button, .strip, .switch, .card, .banner, .fact, .transfer, .may__row, .page, .frame',
    );
    for (const rect of range.getClientRects()) {
      const shortened = parent.closest('[data-may-shorten]') !== null;
      const frame = around?.getBoundingClientRect();
      const isOut =
        rect.left < -1 || rect.right > width + 1 || rect.top < -1 || rect.bottom > height + 1;
      const isOver =
        frame !== undefined &&
        (rect.left < frame.left - 1 ||
          rect.right > frame.right + 1 ||
          rect.top < frame.top - 1 ||
          rect.bottom > frame.bottom + 1);
      if (!shortened && (isOut || isOver)) complaints.push(`clipped text: ${text}`);
    }
  }
  return [...new Set(complaints)];
}
