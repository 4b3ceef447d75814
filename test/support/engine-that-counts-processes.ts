import { runBrokenEngine } from './broken-engine.ts';

/**
 * For controls: it knows of its machines what a list of processes tells, that they are there or not, and hears nothing of
 * what their monitors say. Run as a program with --home.
 */
await runBrokenEngine((provider) => {
  const { watch } = provider;
  provider.watch = (listener) =>
    watch((report) => {
      if (report.kind !== 'ended') return;
      listener({ ...report, end: { ...report.end, kind: 'killed', summary: 'the process is gone' } });
    });
});
