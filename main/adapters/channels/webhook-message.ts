import { createHmac } from 'node:crypto';
import type { ChannelMessage } from '../../engine/ports/channels.ts';
import { stateWord } from './message-look.ts';

/** For a program: everything there is, in names that stay. */
export function webhookMessage(message: ChannelMessage): string {
  const [only, ...others] = message.alerts;
  return JSON.stringify({
    version: 1,
    source: 'vigil',
    key: only !== undefined && others.length === 0 ? only.key : null,
    status: message.isTest ? 'test' : message.isOver ? 'resolved' : 'firing',
    severity: message.severity,
    state: stateWord(message),
    title: message.title,
    message: message.body,
    timestamp: message.at,
    mayBeRepeat: message.isRepeat,
    // The first alert's own facts stand at the top too, under the names that receivers of the seeds' alerts know.
    ...(only === undefined
      ? {}
      : {
          rule_name: only.rule,
          vm_name: only.machine,
          metric: only.metric,
          actual_value: only.value,
          threshold: only.threshold,
        }),
    alerts: message.alerts,
  });
}

/** The signature of `X-Vigil-Signature`: over the moment of `X-Vigil-Timestamp`, a full stop and the body. */
export function signatureOf(key: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}
