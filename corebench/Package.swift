// swift-tools-version: 6.3
import PackageDescription
let package = Package(name: "spillway", targets: [
  .target(name: "CCount"),
  .target(name: "SpillwayCore", swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),.enableExperimentalFeature("Lifetimes")]),
  .executableTarget(name: "bench", dependencies: ["SpillwayCore", "CCount"]),
])
