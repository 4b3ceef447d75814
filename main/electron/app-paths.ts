import path from 'node:path';

/** Where the built app keeps its parts. `root` is the folder that holds `package.json`: a checkout or the packed archive. */
export interface AppPaths {
  readonly resources: string;
  readonly icons: string;
  readonly renderer: string;
  readonly preload: string;
}

export function appPaths(root: string): AppPaths {
  return {
    resources: path.join(root, 'resources'),
    icons: path.join(root, 'resources', 'icons'),
    renderer: path.join(root, 'out', 'renderer'),
    preload: path.join(root, 'out', 'preload', 'preload.cjs'),
  };
}
