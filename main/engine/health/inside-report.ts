import { recentErrors } from './check-verdicts.ts';

/**
 * What a machine says of its units and of its heartbeat: one command per round, run over SSH and read by a pure parser. It
 * is made of our own words and of names that the configuration has already refused to let a shell read, and works in a
 * busybox shell; where systemd is missing that is said, and nothing else is lost.
 */

export interface UnitReport {
  /** `loaded`, `not-found`, `masked`; empty when the service manager did not answer. */
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly type: string;
  /** How often the unit was restarted by itself since it was last started by hand; null for units that are not. */
  readonly restarts: number | null;
  /** Errors it has logged lately, oldest first; untrusted text. */
  readonly errors: readonly string[];
}

export interface InsideReport {
  /** Changes with every boot; null when it did not say. */
  readonly bootId: string | null;
  /** False where there is no systemd. */
  readonly hasUnits: boolean;
  readonly units: ReadonlyMap<string, UnitReport>;
  /** Seconds since the file was touched, by the machine's own clock; null when there is no such file. */
  readonly heartbeatAgeSeconds: number | null;
}

const mark = '=vigil= ';
const longestLine = 300;

/** The command that asks for them; every name must have passed `UnitName` or the path of a heartbeat. */
export function insideCommand(units: readonly string[], heartbeat: string | undefined): string {
  const parts = [`echo '${mark}boot'`, 'cat /proc/sys/kernel/random/boot_id 2>/dev/null'];
  if (units.length > 0) {
    // What a unit has logged may look like a mark of ours: every line of it is led by a colon.
    const { windowSeconds, lines } = recentErrors;
    const each = units.flatMap((unit) => [
      `echo '${mark}unit ${unit}'`,
      `systemctl show --no-pager --property=LoadState,ActiveState,SubState,Type,NRestarts ${unit} 2>/dev/null`,
      `echo '${mark}errors ${unit}'`,
      `journalctl --quiet --no-pager --output=cat --priority=err --since=-${windowSeconds}s --lines=${lines} --unit=${unit} 2>/dev/null | sed 's/^/:/;s/^\\(.\\{${longestLine}\\}\\).*/\\1/'`,
    ]);
    parts.push(`if command -v systemctl >/dev/null 2>&1; then ${each.join('; ')}; else echo '${mark}no-systemd'; fi`);
  }
  if (heartbeat !== undefined) {
    parts.push(`echo '${mark}now'`, 'date +%s', `echo '${mark}heartbeat'`, `stat -c %Y ${heartbeat} 2>/dev/null`);
  }
  // A command that finds nothing is an answer, not a failure; without this mark the answer was cut short.
  parts.push(`echo '${mark}end'`);
  return parts.join('; ');
}

/** Null when it is not an answer to that command, or not all of it. */
export function readInsideReport(output: string): InsideReport | null {
  const parts = partsOf(output);
  if (!parts.has('boot') || !parts.has('end')) return null;
  const units = new Map<string, UnitReport>();
  for (const [name, lines] of parts) {
    if (!name.startsWith('unit ')) continue;
    const unit = name.slice('unit '.length);
    units.set(unit, unitReport(lines, parts.get(`errors ${unit}`) ?? []));
  }
  const now = wholeNumber(parts.get('now')?.[0]);
  const touched = wholeNumber(parts.get('heartbeat')?.[0]);
  return {
    bootId: parts.get('boot')?.[0]?.trim() || null,
    hasUnits: !parts.has('no-systemd'),
    units,
    heartbeatAgeSeconds: now === null || touched === null ? null : Math.max(0, now - touched),
  };
}

function unitReport(lines: readonly string[], errors: readonly string[]): UnitReport {
  const values = new Map(
    lines.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const value = (name: string): string => values.get(name) ?? '';
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    type: value('Type'),
    restarts: wholeNumber(values.get('NRestarts')),
    errors: errors.map((line) => oneLine(line.replace(/^:/, ''))).filter((line) => line !== ''),
  };
}

function partsOf(output: string): ReadonlyMap<string, readonly string[]> {
  const parts = new Map<string, string[]>();
  let present: string[] | null = null;
  for (const line of output.split('\n')) {
    if (line.startsWith(mark)) {
      present = [];
      parts.set(line.slice(mark.length).trim(), present);
    } else if (line !== '') {
      present?.push(line);
    }
  }
  return parts;
}

/** Untrusted text as part of a sentence. */
function oneLine(text: string): string {
  return text
    .slice(0, longestLine)
    .replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\p{Co}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}
