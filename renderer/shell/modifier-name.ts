/** What the key is called that opens menus' shortcuts here. */
export const modifierName = navigator.userAgent.includes('Macintosh') ? '⌘' : 'Ctrl';
