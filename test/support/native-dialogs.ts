import type { RunningApp } from './launch-app.ts';

export interface AskedDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly defaultId?: number;
  readonly cancelId?: number;
}

/** A person who answers every native message box with the button of this label, and remembers what was asked. */
export async function answerDialogs(
  app: RunningApp,
  label: string,
): Promise<{ asked(): Promise<readonly AskedDialog[]> }> {
  await app.inMain(({ dialog }, chosen) => {
    const kept = globalThis as typeof globalThis & { askedDialogs?: unknown[] };
    kept.askedDialogs ??= [];
    const answer = async (options: Electron.MessageBoxOptions) => {
      kept.askedDialogs?.push(options);
      return { response: options.buttons?.indexOf(chosen) ?? -1, checkboxChecked: false };
    };
    dialog.showMessageBox = answer as typeof dialog.showMessageBox;
  }, label);
  return {
    asked: () =>
      app.inMain(() => {
        const kept = globalThis as typeof globalThis & { askedDialogs?: AskedDialog[] };
        return kept.askedDialogs ?? [];
      }),
  };
}
