export function MachinePage({ route }: { readonly route: { readonly id: string } }) {
  return <p>{route.id}</p>;
}
