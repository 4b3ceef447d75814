import type { Explanation, HealingRehearsal, HealingStatus, RestartPolicy } from '../../../main/contract/healing.ts';
import type { CheckReport } from '../../../main/contract/health-check.ts';
import { healthWord } from '../../../main/contract/health-words.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { storyJournal, storyNow } from './fleet-story.ts';

/** What was checked on the machines of the story, and what is done about it. */

const before = (minutes: number): string => new Date(storyNow - minutes * 60_000).toISOString();

function check(change: Partial<CheckReport> & Pick<CheckReport, 'method'>): CheckReport {
  return {
    subject: null,
    kind: 'ok',
    reason: 'It is well.',
    advice: null,
    at: before(0.3),
    durationMs: 12,
    failures: 0,
    threshold: 3,
    ...change,
  };
}

export function storyChecks({ address, name, health, forwards, provider }: Machine): readonly CheckReport[] {
  if (health.method !== 'ssh') return [];
  const ssh = check({
    method: 'ssh',
    subject:
      provider === 'ssh' ? `${address}:22` : `127.0.0.1:${forwards.find(({ guest }) => guest === 22)?.host ?? 22}`,
    kind: health.status === 'healthy' ? 'ok' : health.status === 'unhealthy' ? 'failed' : 'unknown',
    reason: health.reason ?? 'It answers, and let us in.',
    durationMs: 214,
    failures: health.sshFailures,
  });
  if (name === 'k3s-a') {
    return [
      ssh,
      check({
        method: 'unit',
        subject: 'k3s.service',
        kind: 'unknown',
        reason: 'There is no SSH to ask it over.',
        durationMs: 3,
      }),
      check({ method: 'power', reason: 'QEMU says that the guest runs.' }),
    ];
  }
  if (name !== 'gitea') return [ssh];
  return [
    ssh,
    check({ method: 'unit', subject: 'gitea.service', reason: 'It is active since 23 days.', durationMs: 41 }),
    check({ method: 'http', subject: 'http://127.0.0.1:3000/api/healthz', reason: '200 OK.', durationMs: 1480 }),
    check({
      method: 'disk',
      subject: '/var/lib/gitea',
      kind: 'degraded',
      reason: '83 % is used, above 80 %.',
      advice: 'Make room, or let its disk grow.',
      durationMs: 40,
      failures: 1,
    }),
    check({ method: 'memory', reason: '61 % is used.', durationMs: 40 }),
  ];
}

export function storyHealing({ name, health }: Machine): HealingStatus | null {
  if (health.method !== 'ssh') return null;
  const well: HealingStatus = {
    machine: name,
    policy: 'never',
    dryRun: false,
    failure: null,
    decision: null,
    tripped: false,
    restarts: { used: 0, allowed: 6, lastHour: 0 },
  };
  if (name === 'k3s-a') {
    return {
      ...well,
      policy: 'on-failure',
      failure: { kind: 'unreachable', since: before(4), reason: health.reason ?? '', failures: 4, threshold: 3 },
      decision: {
        at: before(1),
        kind: 'refuse',
        guard: 'budget',
        rung: 'reboot',
        reason: 'Before its next restart it waits 40 s.',
        until: before(-0.4),
        journalId: 399,
      },
      restarts: { used: 2, allowed: 6, lastHour: 2 },
    };
  }
  if (name === 'vpn-gw') {
    return {
      ...well,
      policy: 'on-failure',
      failure: { kind: 'unreachable', since: before(11), reason: health.reason ?? '', failures: 11, threshold: 3 },
      decision: {
        at: before(3),
        kind: 'give-up',
        guard: 'tripped',
        rung: null,
        reason: 'It was restarted 6 times and is not well.',
        until: null,
        journalId: null,
      },
      tripped: true,
      restarts: { used: 6, allowed: 6, lastHour: 3 },
    };
  }
  return well;
}

export function storyWhy(machine: Machine): Explanation {
  const { health, id, name, state, wanted } = machine;
  const healing = storyHealing(machine);
  const decision = healing?.decision ?? null;
  return {
    machine: name,
    sentences: [
      `'${name}' is ${state}; it is meant to be ${wanted}.`,
      `Its health: ${healthWord(health)}${health.since === null ? '' : ` since ${health.since}`}.`,
      healing === null
        ? 'Nobody asked Vigil to watch it.'
        : decision === null
          ? 'It is watched, but its policy is never: nothing is restarted.'
          : `It is not healed, because: ${decision.reason}`,
    ],
    healing,
    story: storyJournal.filter(({ machineId }) => machineId === id),
  };
}

export function storyRehearsal({ name }: Machine, policy: RestartPolicy): HealingRehearsal {
  return {
    machine: name,
    policy,
    from: before(60 * 24 * 23),
    to: before(0),
    failures: 2,
    restarts: 1,
    steps: [
      { at: before(60 * 50), kind: 'failed', guard: null, reason: '127.0.0.1:2207 did not answer 3 times.' },
      { at: before(60 * 49.9), kind: 'would-act', guard: null, reason: 'It would be rebooted from inside.' },
      { at: before(60 * 49.7), kind: 'well-again', guard: null, reason: 'It is healthy again.' },
      { at: before(60 * 20), kind: 'failed', guard: null, reason: '127.0.0.1:2207 did not answer 3 times.' },
      { at: before(60 * 19.9), kind: 'refuse', guard: 'recent-action', reason: 'ada restarted it 4 minutes before.' },
      { at: before(60 * 19.8), kind: 'well-again', guard: null, reason: 'It is healthy again.' },
    ],
  };
}
