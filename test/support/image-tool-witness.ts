import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Every call of `qemu-img` by an engine whose search path begins with `folder`. */
export interface ImageToolWitness {
  readonly folder: string;
  /** How often it was called to change an image. */
  changes(): number;
  /** Calls that were to change an image which a machine had open at that moment. */
  onHeldImages(): readonly string[];
}

/** Looks at each call before it hands it on: who has the image open is read from /proc, not from any lock. */
export function createImageToolWitness(top: string, realTool = '/usr/bin/qemu-img'): ImageToolWitness {
  const folder = path.join(top, 'bin');
  const log = path.join(top, 'image-tool.log');
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, 'qemu-img');
  writeFileSync(program, script(log, realTool));
  chmodSync(program, 0o755);
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []);
  return {
    folder,
    changes: () => lines().length,
    onHeldImages: () => lines().filter((line) => line.startsWith('held')),
  };
}

const script = (log: string, realTool: string) => `#!/bin/sh
changes=
case "$1" in
  resize|commit|rebase|amend|convert|create) changes=1;;
  snapshot) for a in "$@"; do case "$a" in -c|-a|-d) changes=1;; esac; done;;
  check) for a in "$@"; do case "$a" in -r*) changes=1;; esac; done;;
esac
if [ -n "$changes" ]; then
  for last in "$@"; do :; done
  case "$last" in *file.filename=*) image="\${last#*file.filename=}";; *) image="$last";; esac
  [ "$1" = resize ] && for a in "$@"; do [ -f "$a" ] && image="$a"; done
  state=free
  for p in /proc/[0-9]*; do
    read -r comm 2>/dev/null < "$p/comm" || continue
    case "$comm" in qemu-system*) ;; *) continue;; esac
    for fd in "$p"/fd/*; do [ "$fd" -ef "$image" ] && state=held; done
  done
  echo "$state $*" >> ${log}
fi
exec ${realTool} "$@"
`;
