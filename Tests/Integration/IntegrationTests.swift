import Testing

/// The built program in processes of its own, against a broker. One after the other: they share it, freeze it, kill it.
@Suite(.serialized) enum IntegrationTests {}

/// Whether there is a real broker, and why not.
let onBroker = ConditionTrait.enabled(
    if: Environment.bootstrap != nil, "SPILLWAY_TEST_BOOTSTRAP names no broker: see Tests/Integration/run")
let onFaultyBroker = ConditionTrait.enabled(
    if: Environment.hasFaults,
    "SPILLWAY_TEST_BOOTSTRAP, SPILLWAY_TEST_KAFKA_SCRIPTS and KAFKA_DIR name no broker that can be frozen and killed")
let onSecureBroker = ConditionTrait.enabled(
    if: Environment.hasSecure, "KAFKA_SECURE_BOOTSTRAP and what goes with it name no broker with SASL, TLS and ACLs")
