/**
 * One door per outside system. A word that opens one may stand behind its door only; the words are looked for in code,
 * not in comments or in strings, except where `imports` says that it is a module's name.
 */
export interface Door {
  /** What is refused, as a reader would call it. */
  readonly name: string;
  readonly words?: RegExp;
  /** Names of modules whose import is refused. */
  readonly imports?: RegExp;
  /** Where the rule holds. */
  readonly within: RegExp;
  /** The door: where it is allowed. */
  readonly except?: RegExp;
  /** What to do instead. */
  readonly door: string;
}

const product = /^(main|preload|renderer)\//;
const pure = /^main\/(engine|contract)\//;

export const doors: readonly Door[] = [
  {
    name: 'the wall clock',
    words: /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|\bDate\(\s*\)|\bperformance\.now\b/,
    within: pure,
    door: 'ask the clock port (main/engine/ports)',
  },
  {
    name: 'chance',
    words: /\bMath\.random\b|\bcrypto\.(randomUUID|getRandomValues)\b/,
    within: pure,
    door: 'take ids and chance from a port (main/engine/ports)',
  },
  {
    name: 'timers',
    words: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
    within: pure,
    door: 'wait with the clock port (main/engine/ports)',
  },
  {
    name: 'bare intervals',
    words: /\bsetInterval\b/,
    within: /^main\//,
    door: 'run, then schedule the next: a loop of main/engine, or one setTimeout after the work',
  },
  {
    name: 'starting programs',
    imports: /^(node:)?child_process$/,
    within: product,
    // The CLI has no adapters; it starts the headless engine, and in its own terminal the user's ssh.
    except: /^main\/(adapters\/processes\/|cli\/(start-engine|run-program)\.ts$)/,
    door: 'use the processes adapter (main/adapters/processes); in the CLI, start-engine.ts or run-program.ts',
  },
  {
    name: 'signals',
    words: /\bprocess\.kill\b/,
    within: product,
    except: /^main\/adapters\/processes\//,
    door: 'identity before signal: use the processes adapter (main/adapters/processes)',
  },
  {
    name: 'SQL',
    imports: /^(better-sqlite3|node:sqlite)$/,
    within: product,
    except: /^main\/adapters\/sqlite\//,
    door: 'use the store ports; SQL lives in the worker of main/adapters/sqlite',
  },
  {
    name: 'threads',
    imports: /^(node:)?worker_threads$/,
    within: product,
    except: /^main\/adapters\/sqlite\//,
    door: 'SQL has the one worker, in main/adapters/sqlite',
  },
  {
    name: 'raw sockets',
    imports: /^(node:)?(net|tls|dgram)$/,
    within: product,
    except: /^main\/(transport|adapters\/(channels|desktop|qemu|ssh|network|probes))\//,
    door: 'the local socket is main/transport, the session bus is main/adapters/desktop, QMP is main/adapters/qemu, SSH is main/adapters/ssh, knocking at ports is main/adapters/probes',
  },
  {
    name: 'Electron',
    imports: /^electron(\/|$)/,
    within: product,
    except: /^(main\/electron|preload)\//,
    door: 'only main/electron knows Electron; the rest gets a port or a call',
  },
  {
    name: 'IPC',
    words: /\bipcMain\b|\bipc\.(handle|on)\b|\bwebContents\.(send|ipc)\b/,
    within: product,
    except: /^main\/electron\/ipc\.ts$/,
    door: 'main/electron/ipc.ts checks the sender and dispatches; add a row to the table of calls instead of a channel',
  },
  {
    name: 'IPC in the renderer',
    words: /\bipcRenderer\b/,
    within: product,
    except: /^preload\//,
    door: 'the preload exposes call and subscribe; use renderer/client',
  },
  {
    name: 'the bridge',
    words: /\b(window|globalThis)\s*\.\s*vigil\b/,
    within: product,
    except: /^renderer\/client\//,
    door: 'use renderer/client',
  },
  {
    name: 'the tray',
    words: /\bnew Tray\b/,
    within: product,
    except: /^main\/electron\/tray\.ts$/,
    door: 'change main/electron/tray-view.ts (what to show); tray.ts draws it',
  },
  {
    name: 'desktop notifications',
    words: /\bnew Notification\b/,
    within: product,
    except: /^main\/electron\/electron-notifications\.ts$/,
    door: 'what to say is the engine, how to show it is main/electron/notifications.ts',
  },
  {
    name: 'opening things outside',
    words: /\bshell\s*\.\s*(openExternal|openPath)\b/,
    within: product,
    except: /^main\/electron\/security\.ts$/,
    door: 'one function in main/electron/security.ts checks the address against the allow-list',
  },
  {
    name: 'HTTP out',
    words: /(?<![.\w])fetch\s*\(/,
    within: /^(main\/(engine|contract|transport|headless|cli)|renderer|preload)\//,
    door: 'an outside call is an adapter behind a port; a page asks through renderer/client',
  },
  {
    name: 'HTTP requests',
    imports: /^(node:)?(https?|http2|undici)$/,
    within: product,
    except: /^main\/adapters\/(channels\/post\.ts$|probes\/)/,
    door: 'what leaves over HTTP goes through main/adapters/channels/post.ts, which judges every address',
  },
  {
    name: 'mail',
    imports: /^nodemailer(\/|$)/,
    within: product,
    except: /^main\/adapters\/channels\/send-mail\.ts$/,
    door: 'mail leaves through main/adapters/channels/send-mail.ts',
  },
  {
    name: 'making HTML from text',
    words: /\bdangerouslySetInnerHTML\b|\b(innerHTML|outerHTML)\s*=[^=]|\binsertAdjacentHTML\b/,
    within: /^renderer\//,
    door: 'render it with React',
  },
  {
    name: 'evaluating text',
    words: /\beval\s*\(|\bnew Function\b/,
    within: product,
    door: 'there is no door: write the code',
  },
];
