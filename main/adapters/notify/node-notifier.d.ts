/** node-notifier's own types cover its package root only, which loads the helpers of every platform. */
declare module 'node-notifier/notifiers/*.js' {
  class Notifier {
    notify(options: Record<string, unknown>, done: (error: Error | string | null) => void): unknown;
  }
  export = Notifier;
}
