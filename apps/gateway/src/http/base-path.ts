/** Every operation lies below this; health and, in demo mode, /dev lie outside. */
export const basePath = '/insats/v1';
