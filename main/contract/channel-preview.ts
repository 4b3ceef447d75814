import type { AlertChannel } from './alert-rule.ts';

/** One message as its receiver shows it, made by what makes the real ones. */
export interface ChannelPreview {
  readonly channel: AlertChannel;
  /** The subject of a mail. */
  readonly title: string;
  /** Lines of plain text, as a person reads them there. */
  readonly body: string;
  /** Small print below; null where there is none. */
  readonly foot: string | null;
  /** `#d63b3b`: of the stripe beside it; null where there is none. */
  readonly colour: string | null;
  /** `critical`, `resolved`, where the receiver shows it as a word of its own. */
  readonly word: string | null;
  /** What is sent, as text; null for the desktop, where nothing leaves this computer. */
  readonly sent: string | null;
}

/** What a preview can tell of an alert. */
export const previewKinds = ['firing', 'resolved'] as const;
export type PreviewKind = (typeof previewKinds)[number];
