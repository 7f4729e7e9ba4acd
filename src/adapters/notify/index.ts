export { createConsoleChannel } from './console-channel.js';
export { createWebhookChannel, type WebhookOptions } from './webhook-channel.js';
export { signatureOf, signingKey } from './webhook-signature.js';
