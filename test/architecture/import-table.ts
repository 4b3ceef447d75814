/**
 * Who may import whom. A file belongs to the first side whose folder holds it; everything it imports from this repository
 * must lie below one of `local`, every package it imports must be one of `packages`.
 */
export interface Side {
  readonly name: string;
  /** Matches the paths, relative to the repository, that belong to this side. */
  readonly files: RegExp;
  /** Matches the paths it may import. */
  readonly local: RegExp;
  /** Packages by name; `node:` stands for all of Node's own modules. */
  readonly packages: readonly string[];
  /** What to do instead, for whoever meets the refusal. */
  readonly door: string;
}

/** File formats: no outside system stands behind them, so every adapter may read and write them. */
const formats = ['yaml', 'smol-toml'];

/** The packages of an adapter's own outside system. An adapter that is not listed gets by with Node. */
const sdks: Readonly<Record<string, readonly string[]>> = {
  azure: [
    '@azure/arm-compute',
    '@azure/arm-monitor',
    '@azure/arm-resourcehealth',
    '@azure/arm-resources-subscriptions',
    '@azure/core-auth',
    '@azure/core-rest-pipeline',
    '@azure/monitor-query-metrics',
    '@azure/msal-node',
  ],
  channels: ['nodemailer'],
  notify: ['node-notifier'],
  sqlite: ['better-sqlite3'],
  ssh: ['ssh2'],
};

/** One side per adapter folder: an adapter reaches another one only through a port, given to it by assemble.ts. */
export function adapterSide(folder: string): Side {
  return {
    name: `adapters/${folder}`,
    files: new RegExp(`^main/adapters/${folder}/`),
    local: new RegExp(`^main/(contract/|engine/ports/|adapters/${folder}/)`),
    packages: ['node:', 'zod', ...formats, ...(sdks[folder] ?? [])],
    door: 'take a port from main/engine/ports and let main/assemble.ts pass in the adapter behind it; declare a new SDK in test/architecture/import-table.ts',
  };
}

export const sides: readonly Side[] = [
  {
    name: 'contract',
    files: /^main\/contract\//,
    local: /^main\/contract\//,
    packages: ['zod'],
    door: 'the contract leans on nothing; move the type here if every side shares it',
  },
  {
    name: 'engine',
    files: /^main\/engine\//,
    local: /^main\/(contract|engine)\//,
    packages: [],
    door: 'declare what you need as a port in main/engine/ports and implement it in main/adapters',
  },
  {
    name: 'transport',
    files: /^main\/transport\//,
    local: /^main\/(contract|transport)\//,
    packages: ['node:'],
    door: 'transport knows calls and events only; handlers are passed in by the host',
  },
  {
    name: 'assemble.ts',
    files: /^main\/assemble\.ts$/,
    local: /^main\/(contract|engine|adapters|transport)\//,
    packages: ['node:'],
    door: 'assemble.ts joins engine, adapters and transport, does nothing itself, and knows neither host nor page',
  },
  {
    name: 'electron',
    files: /^main\/electron\//,
    local: /^main\/(contract\/|transport\/|electron\/|assemble\.ts$)/,
    packages: ['node:', 'electron', 'zod'],
    door: 'speak to the engine through main/transport, build it with main/assemble.ts',
  },
  {
    name: 'headless',
    files: /^main\/headless\//,
    local: /^main\/(contract\/|transport\/|headless\/|assemble\.ts$)/,
    packages: ['node:'],
    door: 'speak to the engine through main/transport, build it with main/assemble.ts',
  },
  {
    name: 'cli',
    files: /^main\/cli\//,
    local: /^main\/(contract\/|cli\/|transport\/(client\/|[^/]*client[^/]*$))/,
    packages: ['node:', 'commander'],
    door: 'the CLI is a client: use the socket client of main/transport (a file named *client*)',
  },
  {
    name: 'preload',
    files: /^preload\//,
    local: /^(preload|main\/contract)\//,
    packages: ['electron'],
    door: 'the preload passes on call and subscribe, nothing else; it needs names and types of main/contract at most',
  },
  {
    name: 'charts',
    files: /^renderer\/charts\//,
    local: /^(renderer|main\/contract)\//,
    packages: ['react', 'lucide-react', 'recharts'],
    door: 'a chart is drawn from what it is given; what it needs of the engine comes through renderer/client',
  },
  {
    name: 'terminal',
    files: /^renderer\/terminal\//,
    local: /^(renderer|main\/contract)\//,
    packages: ['react', 'lucide-react', '@xterm/xterm', '@xterm/addon-fit'],
    door: 'a terminal shows what renderer/terminal/console-stream.ts reads; its styles pass through styled-document.ts',
  },
  {
    name: 'editor',
    files: /^renderer\/editor\//,
    local: /^(renderer|main\/contract)\//,
    packages: [
      'react',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/legacy-modes',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
    ],
    door: 'an editor shows the text that it is given and tells what becomes of it; it knows neither hooks nor the engine',
  },
  {
    name: 'renderer',
    files: /^renderer\//,
    local: /^(renderer|main\/contract)\//,
    packages: ['react', 'react-dom', 'radix-ui', 'lucide-react', '@tanstack/react-virtual'],
    door: 'a page asks through renderer/client; what it needs of the system is a call in main/contract',
  },
];
