import { config } from 'zod';

/**
 * For places whose policy forbids to make code from text: zod then reads its schemas instead of compiling them, and does
 * not try. An import with an effect, and the only one: it must come before any schema is made.
 */
config({ jitless: true });
