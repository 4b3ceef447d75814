export function NewMachinePage() {
  return <p></p>;
}
