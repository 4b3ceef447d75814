export function ActivityPage() {
  return <p></p>;
}
