import type { ChannelMessage } from '../../engine/ports/channels.ts';

/** Where Application Insights takes things in, and under which key; from its connection string. */
export interface InsightsConnection {
  readonly key: string;
  readonly url: string;
}

/** Null when the text is no connection string. */
export function readConnection(text: string): InsightsConnection | null {
  const parts = new Map(
    text.split(';').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );
  const key = parts.get('instrumentationkey') ?? '';
  if (!/^[0-9a-f-]{36}$/i.test(key)) return null;
  const endpoint = parts.get('ingestionendpoint') ?? 'https://dc.services.visualstudio.com';
  if (!URL.canParse(endpoint)) return null;
  return { key, url: new URL('v2.1/track', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href };
}

/** One event for each alert, warnings and criticals under names of their own; one for a test. */
export function insightsMessage(message: ChannelMessage, key: string): string {
  const envelope = (name: string, properties: Readonly<Record<string, string>>, measurements = {}): unknown => ({
    name: 'Microsoft.ApplicationInsights.Event',
    time: message.at,
    iKey: key,
    tags: { 'ai.cloud.role': 'vigil' },
    data: { baseType: 'EventData', baseData: { ver: 2, name, properties, measurements } },
  });
  if (message.isTest) return JSON.stringify([envelope('vigil.test', { message: message.title })]);
  return JSON.stringify(
    message.alerts.map((alert) =>
      envelope(
        `vigil.alert.${alert.severity}`,
        {
          key: alert.key,
          rule: alert.rule,
          machine: alert.machine ?? '',
          status: alert.resolvedAt === null ? 'firing' : 'resolved',
          message: alert.sentence,
          severity: alert.severity,
          mayBeRepeat: String(message.isRepeat),
        },
        {
          ...(alert.value === null ? {} : { value: alert.value }),
          ...(alert.threshold === null ? {} : { threshold: alert.threshold }),
        },
      ),
    ),
  );
}
