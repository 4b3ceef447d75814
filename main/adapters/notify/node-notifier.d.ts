/** node-notifier's types cover its package root only, which loads the helpers of every platform. */
declare module 'node-notifier/notifiers/*.js' {
  const Notifier: new () => {
    notify(options: Record<string, unknown>, done: (error: Error | null) => void): unknown;
  };
  export default Notifier;
}
