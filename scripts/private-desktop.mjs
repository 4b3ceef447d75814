/**
 * The command to put in front of a program that shows something: the app's tray and notifications go to a bus of our own,
 * its windows to a display of our own.
 * @returns {string[]} empty where there is no such thing
 */
export function privateDesktop() {
  if (process.platform !== 'linux') return [];
  return ['dbus-run-session', '--', 'xvfb-run', '-a', '-s', '-screen 0 1600x1200x24 -noreset'];
}
