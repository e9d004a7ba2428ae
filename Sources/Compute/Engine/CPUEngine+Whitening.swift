import CKernels
import RealModule

/// Filters in lanes, as whole batches of patches are, and what is added up of the noise's gradient.
struct WhiteningMemory {
  /// Blocks of 32 filters, after which b comes.
  let blocks: Int
  /// Filters or their gradients, and those times W or Wᵀ.
  let rows, products: UnsafeMutablePointer<Float>
  /// Σ x'·∂L/∂x̂' of each direction.
  let slopes: UnsafeMutablePointer<Double>
}

// Noise of a variance for each direction: into directions where it is isotropic, and back.
extension CPUEngine {
  package func whiten(_ noise: NoiseWeights) {
    guard let memory = self.memory.whitening,
      begin(reading: Hazards.parameters(noise.given), writing: Hazards.noiseMatrix)
    else { return }
    let values = self.memory.values
    let matrix = values + noise.matrix.weights
    for direction in member.share(of: noise.pixels) {
      let row = values + noise.directions + direction * noise.stride
      let factor = Float(Double.exp(-Double(values[noise.profile + direction])))
      for pixel in 0..<noise.pixels {
        let place = DenseLayout.weightIndex(
          input: pixel, output: direction, inputs: noise.pixels)
        matrix[place] = factor * row[pixel]
      }
    }
    guard
      begin(
        reading: Hazards.parameters(noise.filters.weightPlaces),
        Hazards.parameters(noise.filters.biasPlaces), writing: Hazards.filterRows)
    else { return }
    gather(noise.filters, of: values, memory)
    guard begin(reading: Hazards.filterRows, Hazards.noiseMatrix, writing: Hazards.filterProducts)
    else { return }
    float32.forward(operands(noise, memory), rectify: false, as: member)
    guard
      begin(
        reading: Hazards.filterProducts,
        writing: Hazards.parameters(noise.whitened.weightPlaces),
        Hazards.parameters(noise.whitened.biasPlaces))
    else { return }
    scatter(to: noise.whitened, of: values, memory)
  }

  package func whiten(_ x: Buffer, _ noise: NoiseWeights, into y: Buffer) {
    guard
      begin(
        reading: Hazards.activations(x), Hazards.noiseMatrix, writing: Hazards.activations(y))
    else { return }
    let values = memory.values
    let layer = svae_dense(
      inputs: noise.pixels, outputs: noise.pixels, blocks: blocks,
      weights: values + noise.matrix.weights, bias: values + noise.matrix.bias, in: row(x, 0),
      in_stride: stride(x), out: row(y, 0), out_stride: stride(y))
    float32.forward(layer, rectify: false, as: member)
  }

  package func addNoiseSlopes(_ x: Buffer, _ residual: Buffer, fresh: Bool) {
    guard let whitening = memory.whitening,
      begin(
        reading: Hazards.activations(x), Hazards.activations(residual),
        writing: Hazards.noiseSlopes)
    else { return }
    for direction in member.share(of: x.units) {
      var slope = fresh ? 0 : whitening.slopes[direction]
      for block in 0..<blocks {
        slope += Double(
          elementwise.dot(
            DenseLayout.lanes, row(x, block, direction), row(residual, block, direction)))
      }
      whitening.slopes[direction] = slope
    }
  }

  package func unwhiten(_ noise: NoiseWeights, learning isLearned: Bool) {
    guard let memory = self.memory.whitening,
      begin(
        reading: Hazards.gradient(noise.whitened.weightPlaces),
        Hazards.gradient(noise.whitened.biasPlaces), Hazards.noiseSlopes,
        writing: Hazards.filterRows, Hazards.gradient(noise.profilePlaces))
    else { return }
    let gradient = self.memory.learning.gradient
    gather(noise.whitened, of: gradient, memory)
    storeProfileGradient(noise, memory, isLearned: isLearned)
    guard begin(reading: Hazards.filterRows, Hazards.noiseMatrix, writing: Hazards.filterProducts)
    else { return }
    let stride = noise.pixels * DenseLayout.lanes
    float32.inputGradient(
      operands(noise, memory), outputGradient: memory.rows, stride: stride, into: memory.products,
      gradientStride: stride, rectified: false, as: member)
    guard
      begin(
        reading: Hazards.filterProducts,
        writing: Hazards.gradient(noise.filters.weightPlaces),
        Hazards.gradient(noise.filters.biasPlaces),
        Hazards.gradient(noise.whitened.weightPlaces.lowerBound..<noise.whitened.end))
    else { return }
    scatter(to: noise.filters, of: gradient, memory)
    clear(noise.whitened, of: gradient)
  }

  package func keepNoiseInRange(_ noise: NoiseWeights) {
    guard
      begin(writing: Hazards.parameters(noise.profilePlaces)), member.index == 0
    else { return }
    let values = memory.values
    let noiseVariance = Double.exp(2 * Double(values[noise.logNoise]))
    for direction in 0..<noise.pixels where values[noise.variances + direction] > 0 {
      let range = NoiseWeights.range(
        variance: Double(values[noise.variances + direction]), noiseVariance: noiseVariance)
      let profile = values[noise.profile + direction]
      values[noise.profile + direction] = min(
        max(profile, Float(range.lowerBound)), Float(range.upperBound))
    }
  }

  /// ∂L/∂ρ = 1 − Σ Ψ·∂L/∂Ψ − b'·∂L/∂b' + Σ x'·∂L/∂x̂': patches, filters and b are all scaled by
  /// e^−ρ, and what a scaled patch changes in L is the negative of what its reconstruction does.
  private func storeProfileGradient(
    _ noise: NoiseWeights, _ whitening: WhiteningMemory, isLearned: Bool
  ) {
    let (values, gradient) = (memory.values, memory.learning.gradient)
    let (filters, stride) = (noise.whitened, noise.stride)
    for direction in member.share(of: noise.pixels) {
      let isLeftOut = values[noise.variances + direction] == 0
      guard isLearned, memory.numbers.learnsScales, !isLeftOut else {
        gradient[noise.profile + direction] = 0
        continue
      }
      let bias = filters.bias + direction
      var slope = 1 + whitening.slopes[direction] - Double(values[bias]) * Double(gradient[bias])
      for latent in 0..<filters.inputs {
        let place = filters.weights + latent * stride + direction
        slope -= Double(values[place]) * Double(gradient[place])
      }
      gradient[noise.profile + direction] = Float(slope)
    }
  }

  private func operands(_ noise: NoiseWeights, _ whitening: WhiteningMemory) -> svae_dense {
    let (values, stride) = (memory.values, noise.pixels * DenseLayout.lanes)
    return svae_dense(
      inputs: noise.pixels, outputs: noise.pixels, blocks: whitening.blocks,
      weights: values + noise.matrix.weights, bias: values + noise.matrix.bias,
      in: whitening.rows, in_stride: stride, out: whitening.products, out_stride: stride)
  }

  /// A layer's rows, and its bias after them, into lanes.
  private func gather(
    _ layer: DenseWeights, of array: UnsafeMutablePointer<Float>, _ whitening: WhiteningMemory
  ) {
    let (lanes, pixels) = (DenseLayout.lanes, layer.outputs)
    let stride = DenseLayout.padded(pixels)
    for block in member.share(of: whitening.blocks) {
      let to = whitening.rows + block * pixels * lanes
      let rows = min(lanes, layer.inputs - block * lanes)
      for first in Swift.stride(from: 0, to: pixels, by: lanes) {
        kernels.load_block(
          max(rows, 0), min(lanes, pixels - first),
          array + layer.weights + block * lanes * stride + first, stride, nil, to + first * lanes)
      }
      if rows < lanes {
        for pixel in 0..<pixels { to[pixel * lanes + rows] = array[layer.bias + pixel] }
      }
    }
  }

  /// The reverse, from `products`.
  private func scatter(
    to layer: DenseWeights, of array: UnsafeMutablePointer<Float>, _ whitening: WhiteningMemory
  ) {
    let (lanes, pixels) = (DenseLayout.lanes, layer.outputs)
    let stride = DenseLayout.padded(pixels)
    for block in member.share(of: whitening.blocks) {
      let from = whitening.products + block * pixels * lanes
      let rows = min(lanes, layer.inputs - block * lanes)
      kernels.store_block(
        max(rows, 0), pixels, from, array + layer.weights + block * lanes * stride, stride)
      if rows < lanes {
        for pixel in 0..<pixels { array[layer.bias + pixel] = from[pixel * lanes + rows] }
      }
    }
  }

  /// Nothing of a gradient that has been used is left for the whole gradient's norm.
  private func clear(_ layer: DenseWeights, of array: UnsafeMutablePointer<Float>) {
    let places = layer.weightPlaces.lowerBound..<layer.end
    let share = member.share(of: places.count, grain: DenseLayout.lanes)
    (array + places.lowerBound + share.lowerBound).update(repeating: 0, count: share.count)
  }
}

extension DenseWeights {
  /// Where its bias ends, which lies after the weights.
  fileprivate var end: Int { biasPlaces.upperBound }
}
