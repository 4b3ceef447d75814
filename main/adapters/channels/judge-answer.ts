import type { SendOutcome } from '../../engine/ports/channels.ts';
import { plainLine } from './plain-line.ts';
import type { PostAnswer } from './post.ts';

/** What an answer means for the message: pure. */
export function judgeAnswer(answer: PostAnswer, wallNow: number): SendOutcome {
  switch (answer.kind) {
    case 'refused':
      return answer;
    case 'failed':
      return { ...answer, retryAfterMs: null };
    case 'answered':
      return judgeStatus(answer, wallNow);
  }
}

function judgeStatus(
  { status, text, retryAfter }: Extract<PostAnswer, { kind: 'answered' }>,
  wallNow: number,
): SendOutcome {
  const said = plainLine(text, 150);
  const words = `${status}${said === '' ? '' : ` ${said}`}`;
  if (status >= 200 && status < 300) return { kind: 'delivered', receipt: words };
  if (status >= 300 && status < 400) {
    const reason = `The receiver sends elsewhere (${status}), which Vigil does not follow: put the new address into the file.`;
    return { kind: 'refused', reason };
  }
  const isTransient = status >= 500 || status === 408 || status === 425 || status === 429;
  if (!isTransient) return { kind: 'refused', reason: `The receiver refused the message: ${words}.` };
  return {
    kind: 'failed',
    reason: `The receiver answered ${words}.`,
    retryAfterMs: retryAfter === null ? null : delayOf(retryAfter, wallNow),
    // Who says that a moment of quiet is needed has not taken it.
    mayHaveArrived: status !== 429 && status !== 425,
    isUnreached: false,
  };
}

/** Seconds, or a moment. */
function delayOf(retryAfter: string, wallNow: number): number | null {
  const seconds = Number(retryAfter);
  if (retryAfter.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const moment = Date.parse(retryAfter);
  return Number.isNaN(moment) ? null : Math.max(0, moment - wallNow);
}
