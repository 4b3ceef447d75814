import { type AlertSeverity, alertSeverities } from '../../contract/alert-rule.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { ChannelMessage, MessageAlert } from '../ports/channels.ts';
import type { DeliveryRecord } from '../ports/delivery-records.ts';
import type { Conversation } from './plan-sending.ts';

/** The words of one message, the same on every channel: pure. `mostNames`: of machines in one line of a summary. */
export function composeMessage(
  batch: readonly Conversation[],
  now: number,
  mostNames = Number.POSITIVE_INFINITY,
): ChannelMessage {
  const last = batch.map((conversation) => lastOf(conversation));
  const [first, ...others] = batch;
  const isSingle = first !== undefined && others.length === 0;
  return {
    ...(isSingle ? ofOne(first) : ofMany(last, mostNames)),
    severity: worst(last.filter(({ kind }) => kind !== 'resolved')) ?? worst(last) ?? 'info',
    isOver: last.every(({ kind }) => kind === 'resolved'),
    at: isoTime(now),
    isRepeat: batch.some((conversation) => conversation.some(({ mayHaveArrived }) => mayHaveArrived)),
    isTest: false,
    alerts: batch.map(alertOf),
  };
}

/** A try of a channel, for a person who asked for it. */
export function testMessage(channel: string, account: string, now: number): ChannelMessage {
  return {
    title: `This is how Vigil tells of alerts over ${channel}`,
    body: `A test that ${account} asked for. Nothing is wrong.`,
    severity: 'info',
    isOver: false,
    at: isoTime(now),
    isRepeat: false,
    isTest: true,
    alerts: [],
  };
}

function ofOne(conversation: Conversation): { readonly title: string; readonly body: string } {
  const { title, body, kind } = lastOf(conversation);
  const untold = conversation.find((row) => row.kind !== 'resolved');
  if (kind !== 'resolved' || untold === undefined) return { title, body };
  // Nobody has heard yet that it fired.
  return { title, body: `${untold.body}\n${body}` };
}

function ofMany(rows: readonly DeliveryRecord[], mostNames: number): { readonly title: string; readonly body: string } {
  const over = rows.filter(({ kind }) => kind === 'resolved').length;
  const groups = new Map<string, DeliveryRecord[]>();
  for (const row of rows) {
    const line = `${row.rule} ${wordOf(row)}`;
    groups.set(line, [...(groups.get(line) ?? []), row]);
  }
  const lines = [...groups].map(([line, members]) => {
    const names = members.map(({ machine }) => machine ?? 'this computer');
    const rest = names.length - mostNames;
    const shown = rest > 0 ? `${names.slice(0, mostNames).join(', ')} and ${rest} more` : names.join(', ');
    return `${line} (${members.length}): ${shown}`;
  });
  const counts = [
    over < rows.length ? `${rows.length - over} ${rows.length - over === 1 ? 'alert fires' : 'alerts fire'}` : '',
    over > 0 ? `${over} ${over === 1 ? 'is' : 'are'} over` : '',
  ].filter((text) => text !== '');
  return { title: counts.join(', '), body: lines.join('\n') };
}

const words = {
  firing: 'fires',
  resolved: 'is over',
  flapping: 'comes and goes',
  reminder: 'still fires',
  escalation: 'fires and is not acknowledged',
} as const;

function wordOf({ kind }: DeliveryRecord): string {
  return words[kind];
}

function alertOf(conversation: Conversation): MessageAlert {
  const row = lastOf(conversation);
  return {
    key: row.key,
    episode: row.episode,
    rule: row.rule,
    machine: row.machine,
    metric: row.metric,
    value: row.value,
    threshold: row.threshold,
    severity: row.severity,
    tells: conversation.map(({ kind }) => kind),
    sentence: row.body,
    firedAt: isoTime(row.firedAt),
    resolvedAt: row.resolvedAt === null ? null : isoTime(row.resolvedAt),
  };
}

function lastOf(conversation: Conversation): DeliveryRecord {
  return conversation.at(-1) ?? conversation[0];
}

function worst(rows: readonly DeliveryRecord[]): AlertSeverity | undefined {
  return alertSeverities.toReversed().find((severity) => rows.some((row) => row.severity === severity));
}
