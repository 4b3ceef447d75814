/** Around the drawing itself, in pixels: the axes' labels, and room for the marks of events above. */
export const plotInsets = { top: 20, right: 8, bottom: 22, left: 40 } as const;
