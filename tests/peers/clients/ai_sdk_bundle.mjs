// Bundles a page's script for a browser, and prints it. argument: the script, which lies beside this one.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL(process.argv[2], import.meta.url));
const { outputFiles } = await build({
  entryPoints: [entry], bundle: true, write: false, format: 'iife', platform: 'browser', logLevel: 'error',
});
process.stdout.write(outputFiles[0].text);
