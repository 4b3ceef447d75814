import { checkApproveHint } from '../../hooks/check-approve-hint.ts';
import { type Check, type Finding, good, silent, unknowable } from './check.ts';

/** Of what a script said, so much is shown. */
const longestReason = 200;

/** A script of the person's own: 0 healthy, 1 warning, 2 critical, anything else is no verdict. */
export const scriptCheck: Check = {
  method: 'script',
  subjects: ({ watch }) => (watch.check_script === undefined ? [] : [watch.check_script]),
  run: async (subject, { watched, ports, timeoutMs, signal }) => {
    const ran = await ports.runScript(subject ?? '', watched, timeoutMs, signal);
    switch (ran.kind) {
      case 'not-approved':
        return unknowable('The script has not been approved.', howToApprove(watched.name, subject ?? ''));
      case 'changed':
        return unknowable('The script has changed since it was approved.', howToApprove(watched.name, subject ?? ''));
      case 'refused':
        return unknowable(ran.reason, 'See the owner and the permissions of the script and the folders above it.');
      case 'ran': {
        const { ended, exitCode, stdout, stderr } = ran.end;
        if (ended === 'cancelled') return unknowable('The script was cancelled.');
        if (ended === 'limit') return unknowable('The script did not end in time and was ended.');
        return verdict(exitCode, firstLine(stdout) ?? firstLine(stderr));
      }
    }
  },
};

function howToApprove(machine: string, path: string): string {
  return `Look at it on the Health page and approve it there, or run: ${checkApproveHint(machine, path)}`;
}

function verdict(exitCode: number | null, said: string | null): Finding {
  switch (exitCode) {
    case 0:
      return good(said ?? 'The script says that all is well.');
    case 1:
      return { kind: 'degraded', reason: said ?? 'The script warns.', advice: 'See the script.', cause: null };
    case 2:
      return silent(said ?? 'The script says that it is critical.', 'See the script.');
    default:
      return unknowable(
        `The script ended with ${exitCode === null ? 'a signal' : exitCode}${said === null ? '.' : `: ${said}`}`,
      );
  }
}

/** Untrusted text as a sentence. */
function firstLine(text: string): string | null {
  const line = text
    .slice(0, 4096)
    .split('\n')
    .map((each) => each.replace(/\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}/gu, ' ').trim())
    .find((each) => each !== '');
  return line === undefined ? null : line.slice(0, longestReason);
}
