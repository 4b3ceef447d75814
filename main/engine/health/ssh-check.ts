import type { SshCheck, SshFinding } from '../ports/ssh.ts';
import type { CheckResult } from './health-state.ts';

type Verdict = Pick<CheckResult, 'kind' | 'advice'>;

/** What each finding says about the machine. Trust, names and keys are never a reason to call it down. */
const verdicts: Record<SshFinding, Verdict> = {
  ok: { kind: 'ok', advice: null },
  refused: { kind: 'failed', advice: 'See whether sshd runs on the machine.' },
  timeout: { kind: 'failed', advice: null },
  unreachable: { kind: 'failed', advice: null },
  'no-banner': { kind: 'failed', advice: 'Something listens there, but it does not speak SSH.' },
  closed: { kind: 'failed', advice: null },
  'name-resolution': { kind: 'unknown', advice: 'Check the name and this computer’s DNS.' },
  'host-key-unknown': { kind: 'unknown', advice: 'Connect once by hand, or allow trust on first use.' },
  'host-key-changed': {
    kind: 'degraded',
    advice: 'Someone may be in between. If the machine was made anew, remove its old key from known_hosts.',
  },
  'host-key-revoked': { kind: 'degraded', advice: 'The key is marked as revoked in known_hosts.' },
  protocol: { kind: 'unknown', advice: 'The two sides share no safe algorithm.' },
  auth: { kind: 'unknown', advice: 'Put your public key into the machine’s authorized_keys, or name another key.' },
  'key-file': { kind: 'unknown', advice: 'See the key file and its permissions.' },
  'not-tried': { kind: 'unknown', advice: null },
};

export function sshCheckResult(check: SshCheck): CheckResult {
  const verdict = verdicts[check.finding];
  const isSecurity = check.finding === 'host-key-changed' || check.finding === 'host-key-revoked';
  return {
    ...verdict,
    method: 'ssh',
    reason: isSecurity ? `Security: ${check.reason}` : check.reason,
    durationMs: check.durationMs,
  };
}
