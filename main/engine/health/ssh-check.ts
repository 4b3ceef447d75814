import type { FailureKind } from '../../contract/healing.ts';
import { securityReason } from '../../contract/health-words.ts';
import type { SshCheck, SshFinding } from '../ports/ssh.ts';
import type { CheckResult } from './health-state.ts';

type Verdict = Pick<CheckResult, 'kind' | 'advice'>;

const causes: Partial<Record<SshFinding, FailureKind>> = {
  'turned-away': 'authentication',
  'name-resolution': 'name-resolution',
  'host-key-unknown': 'host-key',
  'host-key-changed': 'host-key',
  'host-key-revoked': 'host-key',
  protocol: 'protocol',
  auth: 'authentication',
  'key-file': 'authentication',
};

/** What each finding says about the machine. Trust, names and keys are never a reason to call it down. */
const verdicts: Record<SshFinding, Verdict> = {
  ok: { kind: 'ok', advice: null },
  refused: { kind: 'failed', advice: 'See whether sshd runs on the machine.' },
  timeout: { kind: 'failed', advice: 'See whether the machine is up, and whether a firewall is in between.' },
  unreachable: {
    kind: 'failed',
    advice: 'See whether the machine is up, and the network between it and this computer.',
  },
  'no-banner': { kind: 'failed', advice: 'See whether sshd on the machine hangs, or something else listens there.' },
  // QEMU takes every connection to a forwarded port, and hangs up when the guest refuses.
  closed: { kind: 'failed', advice: 'See whether sshd runs on the machine.' },
  'turned-away': {
    kind: 'unknown',
    advice: 'See the log of sshd on the machine: too many logins under way, or a penalty for failed ones.',
  },
  'name-resolution': { kind: 'unknown', advice: 'Check the name and this computer’s DNS.' },
  'host-key-unknown': { kind: 'unknown', advice: 'Connect once by hand, or allow trust on first use.' },
  'host-key-changed': {
    kind: 'degraded',
    advice: 'Someone may be in between. If the machine was made anew, remove its old key from known_hosts.',
  },
  'host-key-revoked': { kind: 'degraded', advice: 'The key is marked as revoked in known_hosts.' },
  protocol: { kind: 'unknown', advice: 'The two sides share no safe algorithm.' },
  auth: { kind: 'unknown', advice: 'Put your public key into the machine’s authorized_keys, or name another key.' },
  'key-file': {
    kind: 'unknown',
    advice: 'See the key file and its permissions, or that the SSH agent runs and holds the key.',
  },
  'not-tried': { kind: 'unknown', advice: null },
};

/** Findings that are about trust, by the name a person meets them under. */
const doubts: Partial<Record<SshFinding, string>> = {
  'host-key-changed': 'host key changed',
  'host-key-revoked': 'host key revoked',
};

export function sshCheckResult(check: SshCheck): CheckResult {
  const verdict = verdicts[check.finding];
  const doubt = doubts[check.finding];
  return {
    ...verdict,
    method: 'ssh',
    cause: verdict.kind === 'failed' ? 'unreachable' : (causes[check.finding] ?? null),
    reason: doubt === undefined ? check.reason : securityReason(doubt, check.reason),
    durationMs: check.durationMs,
  };
}
