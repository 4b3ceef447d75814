import { shellWord } from './shell-word.ts';

/** How to approve the present bytes of a script that checks a machine. */
export function checkApproveHint(machine: string, path: string): string {
  return `vigil lifecycle check-script ${shellWord(machine)} ${shellWord(path)}`;
}
