/**
 * What a program started by Vigil may know of our environment. Everything else stays here: an `ELECTRON_RUN_AS_NODE` or a
 * `NODE_OPTIONS` would change what the program does, and secrets would travel to where nobody expects them.
 */
const allowed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
]);

export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  passed: readonly string[] = [],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    const isAllowed = allowed.has(name) || /^LC_[A-Z]+$/.test(name) || passed.includes(name);
    if (value !== undefined && isAllowed) environment[name] = value;
  }
  return environment;
}
