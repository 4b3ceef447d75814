import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import path from 'node:path';

/** File steps that are on the disk when they return. For the worker only: they wait for the disk. */

export function syncPath(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A rename or a new name is durable only when its folder is. */
export function syncFolderOf(file: string): void {
  // Windows opens no folders; there a rename needs no second step.
  if (process.platform !== 'win32') syncPath(path.dirname(file));
}

/** An empty file of ours, mode 0600. SQLite gives its companion files the same mode. Fails when the name is taken. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
}

/** Replaces what is there. */
export function moveDurably(from: string, to: string): void {
  syncPath(from);
  renameSync(from, to);
  syncFolderOf(to);
}

/** Gives a finished file its name unless the name is taken; then `EEXIST`, and nothing has changed. */
export function claimNameDurably(from: string, to: string): void {
  syncPath(from);
  linkSync(from, to);
  unlinkSync(from);
  syncFolderOf(to);
}

/** A database that never was in use, with the files SQLite may have put beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}
