/** `alert_rules.yaml` as it is made where there is none. */
export const firstAlertRules = `# When Vigil tells you that something is wrong, and how. Picked up at once when you save it.
# metric: cpu_percent, memory_percent, disk_percent, disk_read_bytes_per_second, disk_write_bytes_per_second,
#         network_in_bytes_per_second, network_out_bytes_per_second,
#         machine_down, crash_loop, service_dead, heartbeat_stale, snapshot_failed,
#         days_until_threshold (of the forecasts; with comparison "<")
# Also: for_seconds, clear, no_data, machines, tags, providers, windows, remind_seconds, escalate.
rules:
  - name: high_cpu
    metric: cpu_percent
    threshold: 80
    comparison: ">"
    severity: warning
    enabled: true
    notification_channels: [email]
  - name: critical_cpu
    metric: cpu_percent
    threshold: 95
    comparison: ">"
    severity: critical
    enabled: true
    notification_channels: [email, slack]
  - name: high_memory
    metric: memory_percent
    threshold: 85
    comparison: ">"
    severity: warning
    enabled: true
    notification_channels: [email]
  - name: critical_memory
    metric: memory_percent
    threshold: 95
    comparison: ">"
    severity: critical
    enabled: true
    notification_channels: [email, slack]
  - name: disk_space
    metric: disk_percent
    threshold: 90
    comparison: ">"
    severity: warning
    enabled: true
    notification_channels: [email]

notification_config:
  email:
    enabled: true
    smtp_host: smtp.gmail.com
    smtp_port: 587
    from_address: alerts@example.com
    to_addresses: [admin@example.com]
  slack:
    enabled: false
    webhook_url: ""
  webhook:
    enabled: false
    url: ""
`;
