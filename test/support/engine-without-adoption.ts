import { runBrokenEngine } from './broken-engine.ts';

/** For controls: it believes that nothing of its earlier life is left. Run as a program with --home. */
await runBrokenEngine((provider) => {
  provider.reconcile = () => Promise.resolve({ findings: new Map(), strays: [] });
});
