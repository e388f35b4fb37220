// Reads UI messages from standard input and prints what the AI SDK's own validation says of them.
import fs from 'node:fs';
import { safeValidateUIMessages } from 'ai';

const result = await safeValidateUIMessages({ messages: JSON.parse(fs.readFileSync(0, 'utf8')) });
console.log(JSON.stringify({ success: result.success, error: result.error?.message ?? null }));
