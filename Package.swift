// swift-tools-version: 6.3
import PackageDescription

// The same for every Swift target: see "House style" in the README's section for contributors.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// Only what lends memory that it doesn't own needs lifetimes.
let lending: [SwiftSetting] = house + [.enableExperimentalFeature("Lifetimes")]

let package = Package(
    name: "spillway",
    products: [
        .library(name: "Spillway", targets: ["Spillway"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .executable(name: "spillway", targets: ["spillway-cli"]),
    ],
    targets: [
        // Debian's C libraries, each imported by one Swift target.
        .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CGetopt"),
        // Counts allocations, for the benchmarks and a test: whoever links it has its malloc.
        .target(name: "CAllocationCount"),

        .target(name: "KafkaClient", dependencies: ["CRdKafka"], swiftSettings: lending),
        .target(name: "SpillwayCore", swiftSettings: lending),
        .target(name: "SpillwayMessages", dependencies: ["SpillwayCore"], swiftSettings: lending),
        .target(name: "Metrics", dependencies: ["CZlib"], swiftSettings: house),
        .target(name: "HTTPListener", dependencies: ["CMicroHTTPD"], swiftSettings: house),
        .target(name: "Settings", dependencies: ["CYAML"], swiftSettings: house),
        .target(
            name: "Spillway",
            dependencies: ["SpillwayCore", "SpillwayMessages", "KafkaClient", "Metrics", "HTTPListener", "Settings"],
            swiftSettings: lending
        ),
        .target(
            name: "SpillwayAgent",
            dependencies: ["SpillwayCore", "SpillwayMessages", "KafkaClient"],
            swiftSettings: lending
        ),
        .executableTarget(
            name: "spillway-cli",
            dependencies: [
                "Spillway", "SpillwayCore", "SpillwayMessages", "SpillwayAgent", "KafkaClient",
                "Metrics", "Settings", "CGetopt", "CRdKafka", "CAllocationCount",
            ],
            swiftSettings: lending
        ),

        .testTarget(
            name: "KafkaClientTests", dependencies: ["KafkaClient"], path: "Tests/KafkaClient", swiftSettings: lending),
        .testTarget(
            name: "SpillwayCoreTests", dependencies: ["SpillwayCore", "SpillwayMessages", "CAllocationCount"],
            path: "Tests/SpillwayCore", exclude: ["Simulation/nightly"],
            resources: [.copy("Vectors")], swiftSettings: house),
        .testTarget(
            name: "SpillwayMessagesTests", dependencies: ["SpillwayMessages", "SpillwayCore"],
            path: "Tests/SpillwayMessages", swiftSettings: house),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"], path: "Tests/Metrics", swiftSettings: house),
        .testTarget(
            name: "HTTPListenerTests", dependencies: ["HTTPListener"], path: "Tests/HTTPListener", swiftSettings: house),
        .testTarget(name: "SettingsTests", dependencies: ["Settings"], path: "Tests/Settings", swiftSettings: house),
        .testTarget(
            name: "SpillwayAgentTests",
            dependencies: ["SpillwayAgent", "SpillwayCore", "SpillwayMessages", "KafkaClient"],
            path: "Tests/SpillwayAgent", swiftSettings: lending),
        .testTarget(
            name: "SpillwayTests",
            dependencies: ["Spillway", "SpillwayCore", "SpillwayMessages", "KafkaClient", "Metrics", "Settings"],
            path: "Tests/Spillway", swiftSettings: house),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Spillway", "SpillwayCore", "SpillwayMessages", "SpillwayAgent", "KafkaClient", "Settings"],
            path: "Tests/Integration", exclude: ["run"], swiftSettings: lending),
        .testTarget(
            name: "EndToEndTests", dependencies: ["spillway-cli", "Spillway", "Settings", "KafkaClient"],
            path: "Tests/EndToEnd",
            swiftSettings: lending),
    ]
)
