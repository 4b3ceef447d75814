import type { AlertSeverity } from '../../contract/alert-rule.ts';
import type { ChannelMessage } from '../../engine/ports/channels.ts';

/** What every channel shows alike. */

/** As 0xRRGGBB. */
export function colourOf({ severity, isOver }: Pick<ChannelMessage, 'severity' | 'isOver'>): number {
  return isOver ? 0x2e_9e_5b : colours[severity];
}

const colours: Readonly<Record<AlertSeverity, number>> = {
  info: 0x3b_82_f6,
  warning: 0xe0_9f_1f,
  critical: 0xd6_3b_3b,
};

export function stateWord({ severity, isOver, isTest }: ChannelMessage): string {
  return isTest ? 'test' : isOver ? 'resolved' : severity;
}

/** Small print: when, by which key a repeat is known, and that this may be one. */
export function footOf(message: ChannelMessage): string {
  const [only, ...others] = message.alerts;
  const key = only !== undefined && others.length === 0 ? ` · ${only.key}` : '';
  const repeat = message.isRepeat ? ' · may be a repeat: the answer to the first one was lost' : '';
  return `Vigil · ${message.at}${key}${repeat}`;
}
