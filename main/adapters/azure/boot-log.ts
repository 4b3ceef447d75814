import type { AzureVm } from '../../engine/ports/azure.ts';
import type { BootStore } from './boot-store.ts';

/** Of the whole log: more is not fetched. */
const mostFetched = 16 * 1024 * 1024;

/** The end of what the machine wrote to its serial port. */
export async function readBootLog(
  store: BootStore,
  vm: AzureVm,
  mostBytes: number,
  abort: AbortSignal,
): Promise<string> {
  const { body } = await store.open(vm, 'log', abort);
  let end: Buffer = Buffer.alloc(0);
  let fetched = 0;
  for await (const chunk of body) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    fetched += part.length;
    end = Buffer.concat([end, part]).subarray(-mostBytes);
    if (fetched > mostFetched) break;
  }
  return end.toString('utf8');
}
